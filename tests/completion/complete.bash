# complete.bash COMPLETIONS LINE: prints what bash offers at the end of LINE, a word a line.
source "$1"
# As readline parts a line: at blanks, and `=` is a word of its own.
read -ra COMP_WORDS <<<"${2//=/ = }"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_meshcheck
printf '%s\n' "${COMPREPLY[@]}"

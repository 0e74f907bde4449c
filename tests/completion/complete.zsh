# complete.zsh COMPLETIONS LINE: prints what zsh offers at the end of LINE, a word a line. Its
# completion works on a line that is being edited only, so a zsh on a pseudo-terminal edits it.
zmodload zsh/zpty
folder=$(mktemp -d)
cat >$folder/setup <<SETUP
autoload -Uz compinit && compinit -u -D
source ${(q)1}
bindkey '^I' complete-word
compadd() {
  # Calls that only ask what would match.
  if [[ \${@[1,(i)(-|--)]} == *-[OAD]\ * ]]; then
    builtin compadd "\$@"
    return
  fi
  local -a hits
  builtin compadd -O hits "\$@"
  (( \$#hits )) && print -rl -- \$hits >>$folder/hits
}
finished() { : >$folder/finished }
comppostfuncs=(finished)
: >$folder/ready
SETUP
await() { repeat 200; do [[ -e $folder/$1 ]] && return; sleep 0.05; done }

zpty editor zsh -f -i
zpty -w editor ". $folder/setup"
await ready
zpty -w -n editor "$2"$'\t'
await finished
zpty -d editor
[[ -e $folder/hits ]] && cat $folder/hits
rm -r $folder

# complete.fish COMPLETIONS LINE: prints what fish offers at the end of LINE, a word a line.
source $argv[1]
complete -C $argv[2] | string replace -r '\t.*' ''

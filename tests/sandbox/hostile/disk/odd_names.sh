# family: disk
# language: bash
# expect: ok
# collect: out
# breach: names that are no text break the collector or the report
touch $'new\nline' $'\xff\xfe' $'\e[2J' -- '-rf' '"quote' '\' '${HOME}' '$(reboot)' $'tab\t'
mkdir $'\xff' && touch $'\xff/\xff'
ln -s $'\xff' out
chmod 0 ./* 2>/dev/null
exit 0

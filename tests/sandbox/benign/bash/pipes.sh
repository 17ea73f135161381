# prints: 3 b
# prints: Grüße
printf 'c\na\nb\n' | sort | sed -n 2p | { read -r x; echo "$((1 + 2)) $x"; }
echo 'Grüße'

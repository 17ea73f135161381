# prints: a
# prints: b
# prints: 0
(sleep 0.05; echo b) &
echo a
wait $!
echo $?

# family: output
# language: bash
# expect: output_limit
# limits: output=256
# heavy: yes
# breach: more output than the limit
for i in 1 2 3 4 5 6 7 8; do
  yes "$i" &
  yes "$i" >&2 &
done
wait

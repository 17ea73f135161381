# stdin: x y z\n
# prints: z y x 3
read -ra words
declare -A seen
for ((i = ${#words[@]} - 1; i >= 0; i--)); do
  printf '%s ' "${words[i]}"
  seen[${words[i]}]=1
done
echo "${#seen[@]}"

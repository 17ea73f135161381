# prints: 2 /work/d
# collect: d/out
# collected: d/out
mkdir d && cd d && printf '1\n2\n' >out && echo "$(wc -l <out) $PWD"

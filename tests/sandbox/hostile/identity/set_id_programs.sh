# family: identity
# language: bash
# expect: ok
# says: held
# limits: wall=8
# breach: a program of the host gives the rights of its owner
before=$(grep -E '^(Uid|Cap)' /proc/self/status | grep -v CapBnd)
for program in $(find /usr/bin /usr/sbin /usr/lib /usr/libexec -maxdepth 3 -perm /6000 -type f 2>/dev/null); do
  timeout -s KILL 1 "$program" --version >/dev/null 2>&1 </dev/null
done
# A copy with the bits set by the program itself.
cp /usr/bin/id ./own-id
chmod 6755 ./own-id
[ "$(./own-id -u)" = 1000 ] || echo "BREACH own copy"
timeout -s KILL 1 su -c 'id -u' root </dev/null 2>/dev/null | grep -qx 0 && echo "BREACH su"
timeout -s KILL 1 sudo -n id -u 2>/dev/null | grep -qx 0 && echo "BREACH sudo"
timeout -s KILL 1 newgrp root </dev/null 2>/dev/null | grep -q root && echo "BREACH newgrp"
[ "$before" = "$(grep -E '^(Uid|Cap)' /proc/self/status | grep -v CapBnd)" ] && echo held

# family: identity
# language: bash
# expect: ok
# says: held
# breach: a box can be made inside the box, with rights of its own
unshare --user --map-root-user true 2>/dev/null && echo "BREACH unshare"
unshare --mount --pid --fork true 2>/dev/null && echo "BREACH unshare mount"
bwrap --unshare-user --ro-bind / / true 2>/dev/null && echo "BREACH bwrap"
bwrap --ro-bind / / true 2>/dev/null && echo "BREACH bwrap without user"
nsenter --target 1 --all true 2>/dev/null && echo "BREACH nsenter"
setpriv --reuid 0 true 2>/dev/null && echo "BREACH setpriv"
chroot / true 2>/dev/null && echo "BREACH chroot"
mount -t tmpfs none /tmp 2>/dev/null && echo "BREACH mount"
echo held

# family: collector
# language: bash
# expect: ok
# collect: passwd shadow root/etc/passwd up/etc/passwd magic environ work loop/loop/x fd good.txt
# collected: good.txt
# breach: a link is followed
ln -s /etc/passwd passwd
ln -s /etc/shadow shadow
ln -s / root
ln -s ../../../../../../../.. up
ln -s /proc/self/root/etc/passwd magic
ln -s /proc/self/environ environ
ln -s /work work
ln -s . loop
ln -s /proc/self/fd/0 fd
echo good > x
cp x good.txt

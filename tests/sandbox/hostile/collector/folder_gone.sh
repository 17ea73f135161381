# family: collector
# language: bash
# expect: ok
# collect: x
# breach: the work folder itself is taken away or replaced
rm -rf /work/* /work/.[!.]*
rmdir /work 2>/dev/null && echo "BREACH removed"
mv /work /tmp/moved 2>/dev/null && echo "BREACH moved"
ln -s /etc/passwd x
chmod 0 /work
exit 0

# family: secrets
# language: bash
# expect: ok
# says: held
# breach: a file of the host can be read
for path in /etc/shadow /etc/gshadow /etc/sudoers /etc/machine-id /etc/ssh /etc/ssl/private /etc/entrevue /root /home /var /run /srv /opt /mnt \
  /media /boot /sys /lost+found /usr/local /usr/src /etc/fstab /etc/resolv.conf /proc/cmdline /proc/kcore /proc/kallsyms /proc/keys \
  /proc/modules /proc/partitions /dev/mem /dev/kmsg /dev/sda /dev/vda /dev/kvm /dev/fuse /dev/loop0 /dev/net/tun /.dockerenv /proc/config.gz; do
  if [ -n "$(cat "$path" 2>/dev/null | tr -d '\0')" ] || [ -n "$(ls -A "$path" 2>/dev/null)" ] && [ ! -c "$path" ] && [ ! -f "$path" ]; then
    echo "BREACH $path"
  elif [ -n "$(head -c 100 "$path" 2>/dev/null | tr -d '\0')" ]; then
    echo "BREACH $path"
  fi
done
echo held

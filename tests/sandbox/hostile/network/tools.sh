# family: network
# language: bash
# expect: ok
# says: held
# limits: wall=8
# breach: a tool of the host reaches the network
(exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null && echo "BREACH tcp"
(exec 3<>/dev/udp/1.1.1.1/53 && echo x >&3) 2>/dev/null && echo "BREACH udp"
for tool in "curl -s -m 1 http://127.0.0.1" "wget -q -T 1 -O - http://127.0.0.1" "ping -c 1 -W 1 127.0.0.1" "ssh -o ConnectTimeout=1 127.0.0.1 true" \
  "ip link set lo down" "getent hosts example.org" "git ls-remote git://127.0.0.1/x" "openssl s_client -connect 127.0.0.1:443" \
  "node -e require('net').connect(22,'127.0.0.1',()=>process.exit(0)).on('error',()=>process.exit(1))"; do
  timeout 2 $tool </dev/null >/dev/null 2>&1 && echo "BREACH $tool"
done
echo held

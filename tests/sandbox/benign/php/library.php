<?php
// prints: Grüße 5 [1,2,3] {"a":1}
$v = [3, 1, 2];
sort($v);
echo 'Grüße ', preg_match_all('/./u', 'Grüße'), ' ', json_encode($v), ' ', json_encode(['a' => 1]), "\n";

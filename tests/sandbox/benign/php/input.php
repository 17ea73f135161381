<?php
// lines: 100000
// prints: 100000 4999950000
$n = 0;
$sum = 0;
while (($line = fgets(STDIN)) !== false) {
    $n++;
    $sum += (int) $line;
}
echo "$n $sum\n";

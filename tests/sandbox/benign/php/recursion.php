<?php
// prints: 20000
function deep(int $n): int {
    return $n === 0 ? 0 : 1 + deep($n - 1);
}
echo deep(20000), "\n";

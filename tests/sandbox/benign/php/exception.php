<?php
// expect: runtime_error
// exit: 255
throw new RuntimeException('no');

<?php
/**
 * Pictures of the demonstration products: one line drawing per category, in a colour of the product's own.
 */
declare(strict_types=1);

/** Drawings in a box of 48 × 48, in the order of the categories of sql/demo/products.sql, 25 products each. */
const DRAWINGS = [
    'M12 16h20v14a8 8 0 0 1-8 8h-4a8 8 0 0 1-8-8z M32 20h3a5 5 0 0 1 0 10h-3 M18 6v5 M26 6v5',
    'M16 20h16v18a3 3 0 0 1-3 3H19a3 3 0 0 1-3-3z M20 20v-6h8v6 M24 14V8h8 M16 29h16',
    'M12 36l3-9L33 9l6 6-18 18z M29 13l6 6 M12 36l9-3',
    'M24 14c-4-4-10-4-16-4v26c6 0 12 0 16 4 4-4 10-4 16-4V10c-6 0-12 0-16 4z M24 14v26',
    'M24 16c-10-6-16 2-15 10 1 9 7 15 11 15 2 0 2-1 4-1s2 1 4 1c4 0 10-6 11-15 1-8-5-16-15-10z M24 16c0-5 2-8 6-9',
    'M10 18h22v12a8 8 0 0 1-8 8h-6a8 8 0 0 1-8-8z M32 21h3a4 4 0 0 1 0 9h-3 M8 42h26 M17 12c0-3 3-3 3-6 M24 12c0-3 3-3 3-6',
    'M16 8h16a3 3 0 0 1 3 3v26a3 3 0 0 1-3 3H16a3 3 0 0 1-3-3V11a3 3 0 0 1 3-3z M21 35h6 M13 31h22',
    'M17 8l-10 6 4 8 5-2v20h16V20l5 2 4-8-10-6c-2 5-12 5-14 0z',
    'M6 30c6 0 8-6 8-14h6c1 7 6 9 14 11 5 1 8 3 8 7v3H6z M6 37v4h36v-4 M20 21l5-2 M22 25l5-2',
    'M14 18h20l4 22H10z M18 22v-6a6 6 0 0 1 12 0v6',
    'M24 8L6 40h36z M24 20l-7 20h14z M24 8v-3',
    'M24 24c6 0 11 6 11 11 0 4-4 5-7 4-3-1-5-1-8 0-3 1-7 0-7-4 0-5 5-11 11-11z M13 18a3 4 0 1 0 .1 0 M35 18a3 4 0 1 0 .1 0 M20 10a3 4 0 1 0 .1 0 M28 10a3 4 0 1 0 .1 0',
];

$number = preg_match('/\AD(\d{4})\z/', is_string($_GET['p'] ?? null) ? $_GET['p'] : '', $match) === 1 ? (int) $match[1] : 1;
$drawing = DRAWINGS[intdiv(max(0, $number - 1), 25) % count(DRAWINGS)];
$hue = $number * 47 % 360;

header('Content-Type: image/svg+xml; charset=utf-8');
header('Cache-Control: max-age=86400');
header("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'");
header('X-Content-Type-Options: nosniff');
echo '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><defs>',
    '<linearGradient id="g" x1="0" y1="0" x2="1" y2="1">',
    '<stop offset="0" stop-color="hsl(', $hue, ' 45% 95%)"/><stop offset="1" stop-color="hsl(', $hue, ' 42% 86%)"/>',
    '</linearGradient></defs><rect width="96" height="96" fill="url(#g)"/>',
    '<path transform="translate(24 24)" d="', $drawing, '" fill="none" stroke="hsl(', $hue, ' 30% 38%)"',
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>';

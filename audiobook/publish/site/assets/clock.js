// Return a time in seconds as a player shows it: 1:02:03, 2:03.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

// Return the last index whose value is at most `wanted`, or -1 if there is none. `valueOf` must give ascending values.
export function lastUpTo(list, wanted, valueOf = (value) => value) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueOf(list[middle]) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

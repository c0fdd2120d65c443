// One player at a time: when another tab of the site starts to play, this one pauses.
export function pauseForOtherTabs(sound) {
  if (!window.BroadcastChannel) return;
  const channel = new BroadcastChannel('audiobook:playing');
  sound.addEventListener('play', () => channel.postMessage('play'));
  channel.addEventListener('message', () => sound.pause());
}

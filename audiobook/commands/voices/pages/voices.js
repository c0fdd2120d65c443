const sounds = [...document.querySelectorAll("audio")];
const stop = (others) => sounds.filter((sound) => sound !== others).forEach((sound) => sound.pause());
for (const sound of sounds) {
  const item = sound.closest("li");
  sound.addEventListener("play", () => { stop(sound); item.classList.add("playing"); });
  sound.addEventListener("pause", () => item.classList.remove("playing"));
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
  event.preventDefault();
  const sound = sounds[Number(event.key) - 1];
  if (!sound) { stop(); return; }
  sound.currentTime = 0;
  sound.play().catch(() => {}); // interrupted by the next key
  sound.focus();
  sound.closest("li").scrollIntoView({ block: "nearest" });
});

// While `audiobook serve` runs: a page whose work was built anew loads itself again; the player keeps its position.
const changes = new URL(document.querySelector('script[data-changes]').dataset.changes, location.href);

new EventSource(changes).addEventListener('changed', () => location.reload());

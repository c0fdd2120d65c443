// Reloads the page when `audiobook serve` has rebuilt its work. The player keeps its position.
const changes = new URL(document.querySelector('script[data-changes]').dataset.changes, location.href);

new EventSource(changes).addEventListener('changed', () => location.reload());

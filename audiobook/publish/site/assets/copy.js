// Buttons that copy the address of a feed.
export function listenToCopying() {
  for (const button of document.querySelectorAll('button.copy')) {
    const field = button.parentElement.querySelector('input');
    const name = button.textContent;
    button.hidden = false;
    field.addEventListener('focus', () => field.select());
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        // Without TLS there is no clipboard but the old one.
        field.select();
        document.execCommand('copy');
      }
      button.textContent = button.dataset.copied;
      setTimeout(() => {
        button.textContent = name;
      }, 2000);
    });
  }
}

// The buttons that copy the address of a feed.
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
        // The clipboard API needs TLS; the older command works without.
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

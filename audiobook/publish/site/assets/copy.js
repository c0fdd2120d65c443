// Copies addresses.

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard API needs TLS; the older command works without.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'unseen';
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

// The buttons that copy the address of a feed.
export function listenToCopying() {
  for (const button of document.querySelectorAll('button.copy')) {
    const field = button.parentElement.querySelector('input');
    const name = button.textContent;
    button.hidden = false;
    field.addEventListener('focus', () => field.select());
    button.addEventListener('click', async () => {
      await copy(field.value);
      button.textContent = button.dataset.copied;
      setTimeout(() => {
        button.textContent = name;
      }, 2000);
    });
  }
}

// Requests that change something, and what they answer.

// Send an object to the studio. Return its answer; an answer that refuses has `message` and `hint`.
export async function post(address, given) {
  try {
    const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(given) });
    return { ok: answer.ok, status: answer.status, ...(await answer.json().catch(() => ({ message: answer.statusText }))) };
  } catch {
    return { ok: false, status: 0, message: 'The studio does not answer', hint: 'start it again: audiobook studio' };
  }
}

// Say something to people, also to those who use a screen reader.
export function tell(text) {
  const told = document.getElementById('told');
  told.textContent = text;
  told.classList.add('shown');
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => told.classList.remove('shown'), 8000);
}

export function reason(answer) {
  return answer.hint ? `${answer.message} (${answer.hint})` : answer.message;
}

// What making clips costs, in the words of the command line.
export function cost({ clips, total, wait }) {
  return `${clips} of ${total} clip${total === 1 ? '' : 's'} to make, ${wait}`;
}

// The lists, quotations and tables that paragraphs stand in, and the rows of tables.

const BOXES = new Set(['blockquote', 'ul', 'ol', 'li', 'table']);

export class Boxes {
  #root;
  #open = [];

  constructor(root) {
    this.#root = root;
  }

  // Add the element of a paragraph. Each box around it has a name, whether it begins with this paragraph, and a number if
  // it is an item of a numbered list.
  put(element, within = []) {
    const isOpen = ([name, begins], i) => !begins && this.#open[i]?.name === name;
    const first = within.findIndex((box, i) => !isOpen(box, i));
    this.#open.length = first < 0 ? within.length : first;
    for (const [name, begins, number] of within.slice(this.#open.length)) {
      const box = document.createElement(BOXES.has(name) ? name : 'div');
      if (name === 'dd') box.className = 'detail';
      if (name === 'li' && number) box.value = number;
      if (name === 'li' && !begins) box.className = 'rest';
      this.#inner.append(name === 'table' ? scroller(box) : box);
      this.#open.push({ name, box });
    }
    this.#inner.append(element);
  }

  get #inner() {
    return this.#open.at(-1)?.box ?? this.#root;
  }
}

function scroller(table) {
  const box = Object.assign(document.createElement('div'), { className: 'wide' });
  box.append(table);
  return box;
}

// Let the keyboard reach tables that are wider than the page.
export function reach(element) {
  for (const box of element.querySelectorAll('.wide')) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

// Return the boxes around a paragraph without tables, whose rows are shown as text beside another edition.
export function lists({ within = [] }) {
  return within.filter(([name]) => name !== 'table');
}

// Add the pictures of a paragraph to its element.
export function picture(element, { pictures = [] }) {
  const text = element.firstChild;
  for (const [src, width, height, alt, isFirst] of pictures)
    element.insertBefore(Object.assign(new Image(width, height), { loading: 'lazy', alt, src }), isFirst ? text : null);
}

// Return the class of a paragraph.
export function kindOf({ kind, text }) {
  return kind ?? (text.includes('\n') ? 'verse' : '');
}

// Return a paragraph as the row of a table, whose cells are filled by a function of their element, start and end.
export function row(paragraph, fillCell) {
  const element = document.createElement('tr');
  for (const [column, from, to, isHead] of paragraph.cells) {
    while (element.childElementCount < column) element.append(document.createElement('td'));
    const cell = document.createElement(isHead ? 'th' : 'td');
    fillCell(cell, from, to);
    element.append(cell);
  }
  picture(element.lastChild, paragraph);
  return element;
}

import { type FormEvent, useRef, useState } from 'react';
import { Link } from 'wouter';
import { type ListView, listAddress } from '../api/address.js';
import { Icon } from '../ui/icon.js';
import { IconButton } from '../ui/icon-button.js';
import { readViews, type SavedView, toggleDefault, withView, writeViews } from './saved-views.js';

/** Lists with names: to open, to make the default, to save the list that is shown. */
export function ViewsMenu({ list }: { readonly list: ListView }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const [views, setViews] = useState(readViews);
  const keep = (next: readonly SavedView[]): void => {
    setViews(next);
    writeViews(next);
  };
  const query = listAddress(list).split('?')[1] ?? '';
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    keep(withView(views, String(new FormData(event.currentTarget).get('name')), query));
    event.currentTarget.reset();
  };
  const shown = views.find((view) => view.query === query);
  return (
    <details ref={menu} className="menu">
      <summary className="button">
        <Icon name="star" size={14} />
        <span>{shown?.name ?? 'Views'}</span>
      </summary>
      <div className="menu-body">
        {views.length === 0 && <p className="quiet">Give this list a name to come back to it.</p>}
        <ul>
          {views.map(({ name, query, isDefault }) => (
            <li key={name} className="views-item">
              <Link
                href={query === '' ? '/sessions' : `/sessions?${query}`}
                onClick={() => menu.current?.removeAttribute('open')}
              >
                {name}
              </Link>
              <button
                type="button"
                className="text-button"
                aria-pressed={isDefault}
                onClick={() => keep(toggleDefault(views, name))}
              >
                {isDefault ? 'Default' : 'Make default'}
              </button>
              <IconButton
                icon="close"
                label={`Delete the view ${name}`}
                look="small"
                onClick={() => keep(views.filter((view) => view.name !== name))}
              />
            </li>
          ))}
        </ul>
        <form className="views-save" onSubmit={save}>
          <input name="name" aria-label="Name of this view" placeholder="Name of this view" maxLength={60} required />
          <button type="submit" className="button">
            Save
          </button>
        </form>
      </div>
    </details>
  );
}

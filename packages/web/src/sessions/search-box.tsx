import type { FormEvent, KeyboardEvent, RefObject } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { type ListView, listAddress } from '../api/address.js';
import { Icon } from '../ui/icon.js';

/** Searches when it is sent; Escape gives the whole list back. */
export function SearchBox({
  list,
  field,
}: {
  readonly list: ListView;
  readonly field: RefObject<HTMLInputElement | null>;
}) {
  const search = (text: string): void => {
    if (text !== list.text) navigate(listAddress({ ...list, text }));
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    search(field.current?.value.trim() ?? '');
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Escape') return;
    event.currentTarget.value = '';
    event.currentTarget.blur();
    search('');
  };
  return (
    <search className="search-box">
      <form onSubmit={onSubmit}>
        <Icon name="search" size={14} />
        <input
          ref={field}
          type="search"
          name="q"
          aria-label="Search what was said"
          placeholder="Search what was said, tools, errors…"
          defaultValue={list.text}
          maxLength={1_000}
          autoComplete="off"
          onKeyDown={onKeyDown}
          onInput={(event) => event.currentTarget.value === '' && search('')}
        />
        <kbd title="The key that leads here">/</kbd>
      </form>
    </search>
  );
}

import { useState } from 'react';
import { Icon, type IconName } from '../ui/icon.js';
import { applyTheme, storedTheme, type Theme } from './theme.js';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICON: Record<Theme, IconName> = { system: 'auto', light: 'sun', dark: 'moon' };

export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  const choose = () => {
    applyTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" className="icon-button" onClick={choose} title={`Theme: ${theme}`}>
      <Icon name={ICON[theme]} />
      <span className="visually-hidden">Theme: {theme}</span>
    </button>
  );
}

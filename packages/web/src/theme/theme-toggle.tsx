import { useState } from 'react';
import type { IconName } from '../ui/icon.js';
import { IconButton } from '../ui/icon-button.js';
import { applyTheme, storedTheme, type Theme } from './theme.js';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICON: Record<Theme, IconName> = { system: 'auto', light: 'sun', dark: 'moon' };

export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  const choose = () => {
    applyTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return <IconButton icon={ICON[theme]} label={`Theme: ${theme}`} onClick={choose} />;
}

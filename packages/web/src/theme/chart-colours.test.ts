import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Colour = readonly [red: number, green: number, blue: number];

const CSS = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const SCHEMES = ['light', 'dark'] as const;

/** The value of a token in a scheme, as linear light from 0 to 1. */
function colour(token: string, scheme: (typeof SCHEMES)[number]): Colour {
  const found = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(CSS);
  const hex = found?.[scheme === 'light' ? 1 : 2] ?? '';
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  expect(hex, token).not.toBe('');
  return [channel(1), channel(3), channel(5)];
}

/** What readers who lack one kind of cone see, at full severity: matrices of Machado, Oliveira and Fernandes (2009). */
const VISIONS: Readonly<Record<string, readonly Colour[]>> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function dot(a: Colour, b: Colour): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function times(matrix: readonly Colour[], value: Colour): Colour {
  const [x = 0, y = 0, z = 0] = matrix.map((row) => Math.max(0, dot(row, value)));
  return [x, y, z];
}

/** In OKLab, where equal distances look about equally far apart. */
function perceived(linear: Colour): Colour {
  const [l, m, s] = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear,
  ).map(Math.cbrt) as [number, number, number];
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function contrast(a: Colour, b: Colour): number {
  const weights: Colour = [0.2126, 0.7152, 0.0722];
  const [light = 0, dark = 0] = [dot(weights, a), dot(weights, b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(SCHEMES)('the colours of the %s theme', (scheme) => {
  it.each(Object.entries(VISIONS))('tell the kinds of work and failures apart for readers who see %s', (_, matrix) => {
    const kinds = ['chart-model', 'chart-tool', 'chart-retrieval', 'chart-judge', 'chart-own', 'danger'];
    const seen = kinds.map((kind) => perceived(times(matrix, colour(kind, scheme))));
    const pairs = kinds.flatMap((kind, n) =>
      kinds.slice(n + 1).map((other, m) => ({
        pair: `${kind} and ${other}`,
        apart: distance(seen[n] ?? [0, 0, 0], seen[n + 1 + m] ?? [0, 0, 0]),
      })),
    );
    expect(pairs.filter(({ apart }) => apart < 0.08)).toEqual([]);
  });

  it('let every text be read on every ground', () => {
    const texts = ['text', 'text-2', 'text-3', 'accent', 'danger', 'warning', 'good', 'playhead-text'];
    const grounds = ['bg', 'surface', 'surface-2', 'surface-3'];
    const poor = texts.flatMap((text) =>
      grounds
        .map((ground) => ({ text, ground, ratio: contrast(colour(text, scheme), colour(ground, scheme)) }))
        .filter(({ ratio }) => ratio < 4.5),
    );
    expect(poor).toEqual([]);
  });
});

import { register } from '@powerrag/exporter';
import { after } from 'next/server';
import type { ReactElement } from 'react';
import { answer } from '../../librarian';

interface Properties {
  readonly searchParams: Promise<{ readonly conversation?: string; readonly question?: string }>;
}

export default async function Page({ searchParams }: Properties): Promise<ReactElement> {
  const { conversation = 'anonymous', question = 'everything' } = await searchParams;
  after(() => register().forceFlush({ timeoutMs: 2_000 }));
  return <p>{await answer(conversation, question)}</p>;
}

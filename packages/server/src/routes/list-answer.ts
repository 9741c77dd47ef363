import type { Context } from 'hono';

/**
 * Answers with a JSON object whose last field is a list. Its items are made one by one as the client reads, so that a list
 * of any size takes the memory of one item, and nothing is made for a client that leaves. When an item cannot be made, the
 * connection is cut: the head of the answer is out.
 *
 * @param head the other fields of the object.
 * @param make gives what is shown of an item.
 */
export async function listAnswer<T>(
  context: Context,
  head: object,
  [field, items]: readonly [string, readonly T[]],
  make: (item: T) => object | Promise<object>,
): Promise<Response> {
  const encoder = new TextEncoder();
  const [firstItem, ...rest] = items;
  // The first is made before the answer begins: what is wrong with the whole list is an error with a status.
  const first = firstItem === undefined ? '' : JSON.stringify(await make(firstItem));
  const fields = JSON.stringify(head).slice(0, -1);
  const start = `${fields}${fields === '{' ? '' : ','}${JSON.stringify(field)}:[${first}`;
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(rest.length === 0 ? `${start}]}` : start)),
      async pull(controller) {
        const item = rest[at];
        if (item === undefined) return controller.close();
        at += 1;
        const end = at === rest.length ? ']}' : '';
        controller.enqueue(encoder.encode(`,${JSON.stringify(await make(item))}${end}`));
      },
    },
    { highWaterMark: 0 },
  );
  return context.body(body, 200, { 'content-type': 'application/json' });
}

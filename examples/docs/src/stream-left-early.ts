import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

const countUp = observe(
  async function* () {
    for (let number = 1; ; number++) yield number;
  },
  { name: 'count-up' },
);

for await (const number of countUp()) {
  console.log(number);
  if (number === 3) break;
}

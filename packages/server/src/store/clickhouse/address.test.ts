import { describe, expect, it } from 'vitest';
import { readAddress } from './address.js';

describe('the address of a ClickHouse server', () => {
  it('needs a host only', () => {
    expect(readAddress('clickhouse://ch')).toEqual({
      ...{ url: 'http://ch:8123/powerrag', shown: 'ch:8123', database: 'powerrag', cluster: null },
    });
  });

  it('has a user, a password, a database, a cluster, and TLS on its own port', () => {
    expect(readAddress('clickhouse://ann:p%40ss@ch.example.org/traces?cluster=all-1&secure=true')).toEqual({
      url: 'https://ann:p%40ss@ch.example.org:8443/traces',
      ...{ shown: 'ch.example.org:8443', database: 'traces', cluster: 'all-1' },
    });
    expect(readAddress('clickhouse://ann@[::1]:9000/traces?secure=false').url).toBe('http://ann@[::1]:9000/traces');
  });

  it.each([
    ['', /must begin with clickhouse:\/\//],
    ['https://ch:8443/traces', /must begin with clickhouse:\/\//],
    ['./traces.db', /for a SQLite file use database/],
    ['clickhouse://', /must name a host|must be an address/],
    ['clickhouse://ann:SECRET@:8123/traces', /must name a host|must be an address/],
    ['clickhouse://ann:SECRET/word@ch/traces', /must be an address .* as %40/],
    ['clickhouse://ann:SECRET#word@ch/traces', /%23/],
    ['clickhouse://ann:SECRET%zz@ch/traces', /must be an address .* %25/],
    ['clickhouse://ann:SECRET@ch:notaport/traces', /must be an address/],
    ['clickhouse://ann:SECRET@ch/a/b', /must name one database/],
    ['clickhouse://ann:SECRET@ch/drop-me', /must name one database/],
    ['clickhouse://ann:SECRET@ch/traces?shards=3', /has no parameter "shards"; there are cluster and secure/],
    ["clickhouse://ann:SECRET@ch/traces?cluster=x'y", /the name of a cluster/],
    ['clickhouse://ann:SECRET@ch/traces?secure=1', /true or false in secure/],
  ])('says what is wrong with %j, and not the password', (text, message) => {
    expect(() => readAddress(text)).toThrow(message);
    expect(() => readAddress(text)).not.toThrow(/SECRET/);
  });
});

// tlog - a second, tiny reader of Handback's proofs, written from the published formats alone (RFC 6962, RFC 9162 2.1.3 and 2.1.4,
// c2sp.org/signed-note, tlog-checkpoint, tlog-proof), with nothing but Node's own crypto.
//   node tlog.mjs proof KEY FILE       a .tlog-proof: prints the entry and what was said with it
//   node tlog.mjs none KEY FILE...     that no one of these holds
//   node tlog.mjs extends KEY OLD FILE that FILE (log checkpoint --old) extends the checkpoint in OLD
// Exit status 0: it holds. 1: it does not, and why.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (l, r) => sha(Buffer.from([1]), l, r);
function must(is, why) {
  if (!is)
    throw new Error(why);
}

function hashes(lines) {
  return lines.map(l => {
    const h = Buffer.from(l, 'base64');
    must(h.length === 32 && h.toString('base64') === l, 'a hash is damaged');
    return h;
  });
}

function checkpoint(note, key) {
  const [name, id, ...raw] = key.split('+'), at = note.indexOf('\n\n'), text = note.slice(0, at + 1), typed = Buffer.from(raw.join('+'), 'base64');
  must(at > 0 && typed.length === 33 && typed[0] === 1, 'no checkpoint, or no key');
  must(sha(Buffer.from(name + '\n'), typed).subarray(0, 4).toString('hex') === id, 'the key has a typing mistake');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);       // RFC 8410
  const pub = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const good = note.slice(at + 2).split('\n').some(line => {
    const [dash, who, mark] = line.split(' '), bytes = Buffer.from(mark ?? '', 'base64');
    return dash === '\u2014' && who === name && bytes.length === 68 && bytes.subarray(0, 4).toString('hex') === id &&
      verify(null, Buffer.from(text), pub, bytes.subarray(4));
  });
  must(good, 'not signed with this key');
  const [origin, size, root] = text.split('\n');
  must(origin === name && /^(0|[1-9]\d*)$/.test(size), 'another log');
  return { size: BigInt(size), root: hashes([root])[0] };
}

function included(leaf, index, size, path, root) {
  let fn = index, sn = size - 1n, r = leaf;
  must(index < size, 'no such entry');
  for (const p of path) {
    must(sn > 0n, 'too many hashes');
    if (fn & 1n || fn === sn) {
      r = node(p, r);
      while (!(fn & 1n) && fn) fn >>= 1n, sn >>= 1n;
    } else {
      r = node(r, p);
    }
    fn >>= 1n, sn >>= 1n;
  }
  must(sn === 0n && r.equals(root), 'the entry does not stand in this log');
}

function extended(m, before, n, root, path) {
  must(m > 0n && m <= n, 'sizes');
  if (m === n) {
    must(!path.length && before.equals(root), 'another log');
    return;
  }
  path = (m & (m - 1n)) === 0n ? [before, ...path] : path;
  let fn = m - 1n, sn = n - 1n, fr = path[0], sr = path[0];
  must(path.length, 'no hashes');
  while (fn & 1n) fn >>= 1n, sn >>= 1n;
  for (const c of path.slice(1)) {
    must(sn > 0n, 'too many hashes');
    if (fn & 1n || fn === sn) {
      fr = node(c, fr), sr = node(c, sr);
      while (!(fn & 1n) && fn) fn >>= 1n, sn >>= 1n;
    } else {
      sr = node(sr, c);
    }
    fn >>= 1n, sn >>= 1n;
  }
  must(sn === 0n && fr.equals(before) && sr.equals(root), 'it does not extend the older one');
}

function proof(key, path) {
  const file = readFileSync(path, 'utf8'), at = file.indexOf('\n\n'), lines = file.slice(0, at).split('\n');
  must(at > 0 && lines[0] === 'c2sp.org/tlog-proof@v1' && lines[1].startsWith('extra ') && /^index \d+$/.test(lines[2]), 'no proof');
  const head = checkpoint(file.slice(at + 2), key), extra = Buffer.from(lines[1].slice(6), 'base64').toString(), end = extra.indexOf('\n');
  const entry = extra.slice(0, end), said = extra.slice(end + 1);
  included(sha(Buffer.from([0]), Buffer.from(entry)), BigInt(lines[2].slice(6)), head.size, hashes(lines.slice(3)), head.root);
  must(!said || entry.endsWith('=' + sha(Buffer.from(said)).toString('hex')), 'what is said does not fit the entry');
  return extra;
}

function extension(key, path, longer) {
  const old = checkpoint(readFileSync(path, 'utf8'), key), file = readFileSync(longer, 'utf8'), at = file.indexOf('\n\n');
  const lines = file.slice(0, at).split('\n'), head = checkpoint(file.slice(at + 2), key);
  must(lines[0] === `old ${old.size}`, 'it is about another size');
  extended(old.size, old.root, head.size, head.root, hashes(lines.slice(1)));
  return `${old.size} ${head.size}\n`;
}

function holds(key, path) {
  try {
    return proof(key, path);
  } catch {
    return '';
  }
}

const [what, key, ...files] = process.argv.slice(2);
try {
  if (what === 'none')
    files.forEach(path => must(!holds(key, path), path + ' holds'));
  else
    process.stdout.write(what === 'proof' ? proof(key, files[0]) : extension(key, files[0], files[1]));
} catch (why) {
  console.error(why.message);
  process.exit(1);
}

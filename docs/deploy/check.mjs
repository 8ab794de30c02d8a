// Compares a differentiated model in onnxruntime-web's WebAssembly build with what check.py left in
// a folder. Runs under Node.js; the import and the calls are the same in a browser.
//
//   npm install --prefix docs/deploy
//   node docs/deploy/check.mjs FOLDER
import * as ort from 'onnxruntime-web/wasm';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

ort.env.wasm.numThreads = 1;

// float32 in another build of the same engine.
const TOLERANCE = 1e-4;

const folder = process.argv[2];
const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));

function floats(name) {
  const bytes = readFileSync(join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

let failed = false;
for (const { model, feeds, outputs } of cases) {
  const session = await ort.InferenceSession.create(readFileSync(join(folder, model)));
  const tensors = {};
  for (const { name, type, dims, file, values } of feeds) {
    tensors[name] =
      type === 'int64'
        ? new ort.Tensor('int64', BigInt64Array.from(values.map(BigInt)), dims)
        : new ort.Tensor('float32', floats(file), dims);
  }
  const found = await session.run(tensors);
  for (const { name, dims, file } of outputs) {
    const expected = floats(file);
    const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
    let worst = 0;
    expected.forEach((x, i) => {
      worst = Math.max(worst, Math.abs(x - found[name].data[i]) / largest);
    });
    const agrees = String(found[name].dims) === String(dims) && worst <= TOLERANCE;
    failed ||= !agrees;
    console.log(`${model} ${name} [${found[name].dims}]: largest difference ${worst.toExponential(1)} of the maximum`);
  }
}
console.log(failed ? 'they differ' : `all agree, onnxruntime-web ${ort.env.versions.web}`);
process.exitCode = failed ? 1 : 0;

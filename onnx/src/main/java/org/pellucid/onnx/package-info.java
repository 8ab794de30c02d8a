/**
 * ONNX files to graphs. A reader of our own takes a file's messages apart ({@link
 * org.pellucid.onnx.OnnxImporter} is the door), a table of translators turns each ONNX operator
 * into the small vocabulary of {@code org.pellucid.graph.op}. Field numbers and meanings are those
 * of the <a href="https://onnx.ai/onnx/">ONNX specification</a>.
 */
package org.pellucid.onnx;

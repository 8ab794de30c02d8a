/**
 * ONNX files to graphs and back. A reader of our own takes a file's messages apart ({@link
 * org.pellucid.onnx.OnnxImporter} is the door), a table of translators turns each ONNX operator
 * into the small vocabulary of {@code org.pellucid.graph.op}. The way back ({@link
 * org.pellucid.onnx.OnnxWriter}) has a table of encoders, one entry per operation. Field numbers
 * and meanings are those of the <a href="https://onnx.ai/onnx/">ONNX specification</a>.
 */
package org.pellucid.onnx;

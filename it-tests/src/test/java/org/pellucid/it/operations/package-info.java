/**
 * Generated models of one ONNX operator each, over shapes, attributes and versions: what importer,
 * interpreter and backends are compared with ONNX Runtime on.
 */
package org.pellucid.it.operations;

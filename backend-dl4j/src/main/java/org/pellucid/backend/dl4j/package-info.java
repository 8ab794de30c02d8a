/** The backend on ND4J, the tensors under Deeplearning4j, on the CPU. */
package org.pellucid.backend.dl4j;

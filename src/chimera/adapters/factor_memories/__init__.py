"""Where what was learned of token counts outlives the process: `gateway.calibration.FactorMemory`."""

export const share = (value: number | null | undefined) => (value === null || value === undefined ? "—" : `${(value * 100).toFixed(1)} %`);

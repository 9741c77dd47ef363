const ROWS = [72, 58, 81, 64, 49, 76, 67, 55];

/** The shape of the rows that are still to come. */
export function TableShape() {
  return (
    <div className="table-shape" role="status">
      <span className="visually-hidden">Loading sessions…</span>
      {ROWS.map((width) => (
        <div key={width} className="shape" aria-hidden="true">
          <span style={{ width: `${width}%` }} />
          <span style={{ width: `${width - 20}%` }} />
        </div>
      ))}
    </div>
  );
}

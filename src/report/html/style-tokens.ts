/** Colours of the page, light and dark: every text on its ground has a contrast of 4.5:1 or more (a test measures it). */
export const TOKENS = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --surface: #ffffff; --sunken: #f0f2f5; --line: #dde1e7; --line-strong: #b9c0ca;
  --text: #1a222d; --muted: #566171; --accent: #1f55c0;
  --pass: #17703f; --pass-tint: #e6f4ec; --pass-solid: #2a9d63;
  --fail: #b3261e; --fail-tint: #fdecea; --fail-solid: #d5453b;
  --inconclusive: #7f5200; --inconclusive-tint: #fdf3dc; --inconclusive-solid: #d99a1c;
  --skip: #566171; --skip-tint: #eceff3; --skip-solid: #a3adba;
  --finding: #5a3fa3; --finding-tint: #f1edfb;
  --band: #cfe6d9; --band-edge: #5fae86;
  --s0: #2563c9; --s1: #c2570c; --s2: #7c3aad; --s3: #0f766e; --s4: #a3295f; --s5: #5f6b1d;
  --p0: #9db7dd; --p1: #c9b7e4; --p2: #efc48a; --p3: #8fcbb9; --p4: #5b86c9; --p5: #d9a3b8; --p6: #b8c48a; --p7: #bcc4cf;
  --shadow: 0 1px 2px rgb(20 30 45 / 6%), 0 1px 6px rgb(20 30 45 / 4%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1319; --surface: #171c24; --sunken: #11161d; --line: #2a323e; --line-strong: #465161;
    --text: #e4e9f0; --muted: #a1adbd; --accent: #8db4ff;
    --pass: #6ad39c; --pass-tint: #14291f; --pass-solid: #37a86d;
    --fail: #ff938a; --fail-tint: #351a1b; --fail-solid: #e0564c;
    --inconclusive: #f0bf63; --inconclusive-tint: #30260f; --inconclusive-solid: #cf941f;
    --skip: #a9b4c2; --skip-tint: #222933; --skip-solid: #66717f;
    --finding: #c3b0f5; --finding-tint: #231d38;
    --band: #1d4432; --band-edge: #3f8f68;
    --s0: #79a8ff; --s1: #f09a55; --s2: #c792ee; --s3: #52c7b8; --s4: #ee86b4; --s5: #bccb62;
    --p0: #4c6a99; --p1: #705c93; --p2: #9a7437; --p3: #3d7c6b; --p4: #6f9ae0; --p5: #8a536a; --p6: #6b7740; --p7: #566171;
    --shadow: none;
  }
}
`

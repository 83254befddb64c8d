/** Files that are served as they are: imported with `type: 'file'`, each is its own path. */
declare module 'swagger-ui-dist/*' {
  const path: string;
  export default path;
}

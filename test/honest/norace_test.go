//go:build !race

package honest

const racing = false
